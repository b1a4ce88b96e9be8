import { Button } from "@mantine/core";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { asApiError } from "@/lib/api/problem";
import { useAskConsent } from "./api/consents";

interface Props {
  /** The refusal of a dependency, which says how the consent stands. */
  error: unknown;
  project: string;
  upstream: string;
}

/** A private project decides who may depend on it: said here, and asked for, instead of a bare refusal. */
export function ConsentRefusal({ error, project, upstream }: Props) {
  const ask = useAskConsent(project);
  const { detail, consent } = asApiError(error);
  const asked = ask.isSuccess || consent === "asked";
  return (
    <div className={form.banner} role="alert">
      <p>
        {ask.isSuccess ? `${upstream} has been asked. Add the dependency again when its owners have agreed.` : detail}
      </p>
      <ProblemNote error={ask.error} />
      {!asked && (
        <div className={form.row}>
          <Button size="xs" loading={ask.isPending} onClick={() => ask.mutate(upstream)}>
            {consent === "refused" ? "Ask again" : "Ask for consent"}
          </Button>
        </div>
      )}
    </div>
  );
}
