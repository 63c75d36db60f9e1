import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Unreachable } from "@/api/errors";
import type { Account, Candidate } from "@/api/types";
import { keys } from "@/lib/keys";
import { useClient } from "@/lib/root";
import { planOf, withAccounts } from "./candidates";
import { leaveForLogin } from "./handover";
import { useAnswers, useCompletion, useLookAtWindow } from "./login-effects";
import type { Step, Wanted } from "./login-step";
import { dialogAddress, openLoginWindow, type Answer } from "./login-window";

export interface Login {
  step: Step;
  /** To be called while a click is handled, else the browser blocks the window. */
  start: (wanted: Wanted) => void;
  goOnInThisTab: () => void;
  /** Where a link to Meta's dialog leads, for a minute: for a page in a frame, which Meta does not go on in. */
  address: () => Promise<string>;
  show: () => void;
  connect: (completion: string, candidates: Candidate[], chosen: string[]) => void;
  dismiss: () => void;
}

/** Connecting, from the click through Meta's dialog to the accounts. */
export function useLogin(completion: string | null, returnTo: string): Login {
  const { t } = useTranslation("connections");
  const client = useClient();
  const cache = useQueryClient();
  const [step, setStep] = useState<Step>(completion === null ? { at: "idle" } : { at: "reading" });
  const popup = useRef<Window | null>(null);
  const origins = useRef<string[]>([]);
  const wanted = useRef<Wanted | null>(null);
  // What belongs to an earlier try changes nothing any more.
  const attempt = useRef(0);

  const fail = useCallback(
    (error: unknown, code: string | null = null) =>
      setStep({ at: "failed", wanted: wanted.current, code, error }),
    [],
  );

  const connect = useCallback(
    async (handle: string, candidates: Candidate[], chosen: string[]) => {
      setStep({ at: "connecting", candidates });
      try {
        const outcome = await client.connect(handle, chosen);
        cache.setQueryData<Account[]>(keys.accounts, (all) => all && withAccounts(all, outcome.connected));
        setStep({ at: "done", outcome, candidates });
      } catch (error) {
        fail(error, error instanceof Unreachable ? "outcome_unknown" : null);
      } finally {
        // Also where the answer was lost: the accounts may be connected all the same.
        void cache.invalidateQueries({ queryKey: keys.accounts });
        void cache.invalidateQueries({ queryKey: ["account"] });
        void cache.invalidateQueries({ queryKey: ["health"] });
      }
    },
    [client, cache, fail],
  );

  const receive = useCallback(
    async (handle: string) => {
      const own = (attempt.current += 1);
      setStep({ at: "reading" });
      try {
        const [candidates, accounts] = await Promise.all([
          client.candidates(handle),
          cache.ensureQueryData({ queryKey: keys.accounts, queryFn: client.accounts }),
        ]);
        if (own !== attempt.current) return;
        const plan = planOf(candidates, accounts, wanted.current?.account ?? null, Date.now());
        if (plan.direct) await connect(handle, candidates, plan.keys);
        else {
          const { keys: chosen, lacks } = plan;
          setStep({ at: "choosing", completion: handle, candidates, chosen, lacks });
        }
      } catch (error) {
        if (own === attempt.current) fail(error);
      }
    },
    [client, cache, connect, fail],
  );

  const answered = useCallback(
    (answer: Answer) => {
      if ("completion" in answer) {
        void receive(answer.completion);
        return;
      }
      attempt.current += 1;
      if (answer.code !== "consent_cancelled") {
        fail(null, answer.code);
        return;
      }
      popup.current?.close();
      setStep({ at: "cancelled", wanted: wanted.current });
    },
    [receive, fail],
  );

  const address = async (): Promise<URL> => {
    const { platform, login } = wanted.current ?? { platform: "instagram", login: "facebook" };
    const { authorization_url: url } = await client.startLogin({ login, platform, return_to: returnTo });
    const found = dialogAddress(url);
    origins.current.push(found.origin);
    return found;
  };

  const start = (asked: Wanted) => {
    wanted.current = asked;
    origins.current = [client.origin()];
    const opened = (popup.current = openLoginWindow(t("login.opening")));
    if (opened === null) {
      setStep({ at: "blocked", wanted: asked });
      return;
    }
    const own = (attempt.current += 1);
    setStep({ at: "waiting", wanted: asked, gone: false });
    address()
      .then(({ href }) => {
        if (own === attempt.current) opened.location.href = href;
      })
      .catch((error: unknown) => {
        if (own !== attempt.current) return;
        opened.close();
        fail(error);
      });
  };

  const dismiss = () => {
    attempt.current += 1;
    popup.current?.close();
    popup.current = null;
    setStep({ at: "idle" });
  };

  useCompletion(completion, receive, setStep);
  useAnswers(step, popup, origins, answered);
  useLookAtWindow(step, popup, setStep);
  return {
    step,
    start,
    goOnInThisTab: () => void address().then(leaveForLogin, fail),
    address: async () => (await address()).href,
    show: () => popup.current?.focus(),
    connect: (handle, candidates, chosen) => void connect(handle, candidates, chosen),
    dismiss,
  };
}
