import { useEffect, useRef } from "react";
import { awaitHandover, cameBackFromLogin, handOver } from "./handover";
import type { Step } from "./login-step";
import { listenToLogin, type Answer } from "./login-window";

const LOOKED_AT_EVERY_MS = 700;

type SetStep = (step: Step | ((before: Step) => Step)) => void;
type Ref<T> = Readonly<{ current: T }>;

/** What the address brought is for the tab that began the login, where one waits. */
export function useCompletion(
  completion: string | null,
  receive: (handle: string) => Promise<void>,
  setStep: SetStep,
) {
  const taken = useRef<string | null>(null);
  useEffect(() => {
    if (completion === null || taken.current === completion) return;
    taken.current = completion;
    const elsewhere = cameBackFromLogin() ? Promise.resolve(false) : handOver(completion);
    void elsewhere.then((given) => {
      if (given) setStep({ at: "handed-over" });
      else void receive(completion);
    });
  }, [completion, receive, setStep]);
}

/** Hears what the window of the login says, or another tab that came back from it. */
export function useAnswers(
  { at }: Step,
  popup: Ref<Window | null>,
  origins: Ref<string[]>,
  answered: (answer: Answer) => void,
) {
  const waits = at === "waiting" || at === "blocked";
  useEffect(() => {
    if (!waits) return;
    const listener = (answer: Answer) => answered(answer);
    const stopListening = listenToLogin(
      () => origins.current,
      () => popup.current,
      listener,
    );
    const stopWaiting = awaitHandover((completion) => answered({ completion }));
    return () => {
      stopListening();
      stopWaiting();
    };
  }, [waits, popup, origins, answered]);
}

/** Whether the window is still there, as far as can be seen. */
export function useLookAtWindow({ at }: Step, popup: Ref<Window | null>, setStep: SetStep) {
  useEffect(() => {
    if (at !== "waiting") return;
    const look = () => {
      const gone = popup.current === null || popup.current.closed;
      setStep((before) => (before.at === "waiting" && before.gone !== gone ? { ...before, gone } : before));
    };
    const timer = setInterval(look, LOOKED_AT_EVERY_MS);
    return () => clearInterval(timer);
  }, [at, popup, setStep]);
}
