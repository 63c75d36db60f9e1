import { CircleAlert, CircleCheck, CircleSlash, ExternalLink, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Spinner } from "@/components/spinner";
import { BlockedNotice } from "./blocked-notice";
import type { Wanted } from "./login-step";
import { Notice } from "./notice";
import { OutcomeNotice } from "./outcome-notice";
import type { Login } from "./use-login";
import { useFailureWords } from "./words";

interface NoticeProps {
  login: Login;
  onDismiss: () => void;
}

/** How far the login is, and what the person can do about it. */
export function LoginNotice({ login, onDismiss }: NoticeProps) {
  // Each step has buttons of its own: none turns into another under the pointer.
  return <StepNotice key={login.step.at} login={login} onDismiss={onDismiss} />;
}

function StepNotice({ login, onDismiss }: NoticeProps) {
  const { t } = useTranslation("connections");
  const failure = useFailureWords();
  const { step } = login;
  const again = (wanted: Wanted | null) =>
    wanted && (
      <Button look="primary" onClick={() => login.start(wanted)}>
        {t("login.again")}
      </Button>
    );
  const dismiss = (words: string) => <Button onClick={onDismiss}>{words}</Button>;
  switch (step.at) {
    case "waiting":
      return (
        <Notice
          tone="accent"
          icon={step.gone ? <TriangleAlert size={20} aria-hidden="true" /> : <Spinner />}
          title={step.gone ? t("login.gone") : t("login.waiting")}
          actions={
            <>
              {step.gone ? (
                again(step.wanted)
              ) : (
                <Button onClick={login.show}>
                  <ExternalLink size={16} aria-hidden="true" />
                  {t("login.show")}
                </Button>
              )}
              {dismiss(t("login.cancel"))}
            </>
          }
        >
          <p>{step.gone ? t("login.goneText") : t("login.waitingText")}</p>
        </Notice>
      );
    case "blocked":
      return <BlockedNotice login={login} onDismiss={onDismiss} wanted={step.wanted} />;
    case "reading":
      return <Notice tone="accent" icon={<Spinner />} title={t("login.reading")} />;
    case "connecting":
      return <Notice tone="accent" icon={<Spinner />} title={t("login.connecting")} />;
    case "done":
      return <OutcomeNotice onDismiss={onDismiss} outcome={step.outcome} candidates={step.candidates} />;
    case "cancelled":
      return (
        <Notice
          icon={<CircleSlash size={20} aria-hidden="true" />}
          title={t("login.cancelled")}
          actions={
            <>
              {again(step.wanted)}
              {dismiss(t("outcome.dismiss"))}
            </>
          }
        >
          <p>{t("login.cancelledText")}</p>
        </Notice>
      );
    case "failed":
      return (
        <Notice
          tone="danger"
          icon={<CircleAlert size={20} aria-hidden="true" />}
          title={t("login.failed")}
          actions={
            <>
              {again(step.wanted)}
              {dismiss(t("outcome.dismiss"))}
            </>
          }
        >
          <p>{failure(step.code, step.error)}</p>
        </Notice>
      );
    case "handed-over":
      return (
        <Notice
          tone="success"
          icon={<CircleCheck size={20} aria-hidden="true" />}
          title={t("login.handedOver")}
          actions={<Button onClick={() => globalThis.close()}>{t("login.close")}</Button>}
        >
          <p>{t("login.handedOverText")}</p>
        </Notice>
      );
    default:
      return null;
  }
}
