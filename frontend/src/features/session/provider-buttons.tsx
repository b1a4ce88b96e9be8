import { Button } from "@mantine/core";
import { ProblemNote } from "@/components/problem-note";
import type { Door } from "@/lib/api/types";
import { useGoToProvider } from "./api/go-to-provider";
import classes from "./door.module.css";
import { ProviderMark } from "./provider-mark";

interface Props {
  providers: Door["providers"];
  next: string;
  code?: string;
  /** What the buttons say before the name. */
  verb?: string;
}

/** One button for each provider; the page is left when one is pressed. */
export function ProviderButtons({ providers, next, code, verb = "Sign in with" }: Props) {
  const go = useGoToProvider();
  if (!providers.length) return null;
  const left = go.isPending || go.isSuccess;
  return (
    <div className={classes.form}>
      <ProblemNote error={go.error} />
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          variant="default"
          leftSection={<ProviderMark provider={id} />}
          loading={left && go.variables?.provider === id}
          disabled={left && go.variables?.provider !== id}
          onClick={() => go.mutate({ provider: id, next, code })}
        >
          {verb} {name}
        </Button>
      ))}
    </div>
  );
}
