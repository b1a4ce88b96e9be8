/** Trust: CI jobs that report for the project with their platform's signed token, in place of a project token. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { Removal } from "@/components/removal";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { useMe } from "@/lib/api/calls/get-me";
import { useIssuers } from "@/lib/api/calls/issuers";
import type { Project, TrustRule } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useRemoveTrust, useTrust } from "../api/trust";
import own from "../projects.module.css";
import { TrustDialog } from "./trust-dialog";
import { claimsText, namingOf } from "./trust-model";
import { TryToken } from "./trust-try";

export function TrustSection({ project }: { project: Project }) {
  const rules = useTrust(project.name);
  const issuers = useIssuers();
  const [adding, setAdding] = useState(false);
  const listed = issuers.data?.items ?? [];
  return (
    <>
      <Section
        title="Trust"
        actions={
          <Button size="xs" variant="default" disabled={!listed.length} onClick={() => setAdding(true)}>
            Add a rule
          </Button>
        }
      >
        <Loaded query={rules} rows={2}>
          {({ items }) => (
            <>
              {issuers.data && !listed.length && <NoIssuer />}
              {items.length > 0 && <Rules rules={items} project={project} />}
              {!items.length && listed.length > 0 && (
                <Empty title="No rule yet">
                  With one, the jobs of a repository report for {project.name} with the token that GitHub or GitLab
                  signs for them: no secret has to be stored over there.{" "}
                  <Link to={paths.help("integrations")}>How a job shows its token</Link>
                </Empty>
              )}
            </>
          )}
        </Loaded>
      </Section>
      {(rules.data?.items.length ?? 0) > 0 && <TryToken project={project} />}
      {adding && <TrustDialog project={project} issuers={listed} onClose={() => setAdding(false)} />}
    </>
  );
}

function NoIssuer() {
  const admin = useMe().data?.user.is_admin;
  return (
    <Empty title="No issuer is listed">
      Signed tokens are believed only of issuers that an admin has listed.{" "}
      {admin ? <Link to={paths.admin("issuers")}>List GitHub, GitLab or another</Link> : "Ask an admin to list yours."}
    </Empty>
  );
}

function Rules({ rules, project }: { rules: readonly TrustRule[]; project: Project }) {
  return (
    <DataTable label="Trust rules" columns={["Issuer", "Whose jobs", optional("Last used"), ACTIONS]}>
      {rules.map((rule) => (
        <Rule key={rule.id} rule={rule} project={project} />
      ))}
    </DataTable>
  );
}

function Rule({ rule, project }: { rule: TrustRule; project: Project }) {
  const [dialog, setDialog] = useState<"change" | "remove" | null>(null);
  const close = () => setDialog(null);
  const named = `${rule.subject} at ${rule.issuer.name}`;
  return (
    <tr>
      <td className={classes.nowrap}>{rule.issuer.name}</td>
      <td className={classes.wide}>
        {namingOf(rule.issuer.kind).label} <span className="mono">{rule.subject}</span>
        <span className={classes.under}>
          {claimsText(rule)}; {rule.pull_requests ? "pull requests too" : "no pull requests"}
        </span>
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {rule.last_used_at ? <Time at={rule.last_used_at} /> : <span className="muted">never</span>}
      </td>
      <td className={`${classes.right} ${own.acts}`}>
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Change… (${named})`}
          onClick={() => setDialog("change")}
        >
          Change…
        </Button>{" "}
        <Button
          size="compact-xs"
          variant="subtle"
          color="danger"
          aria-label={`Remove… (${named})`}
          onClick={() => setDialog("remove")}
        >
          Remove…
        </Button>
        {dialog === "change" && <TrustDialog project={project} issuers={[rule.issuer]} rule={rule} onClose={close} />}
        {dialog === "remove" && <RemoveRule project={project} rule={rule} named={named} onClose={close} />}
      </td>
    </tr>
  );
}

interface RemoveProps {
  project: Project;
  rule: TrustRule;
  named: string;
  onClose(): void;
}

function RemoveRule({ project, rule, named, onClose }: RemoveProps) {
  const remove = useRemoveTrust(project.name);
  return (
    <Removal
      title="Remove this rule?"
      removing={remove}
      onRemove={() => remove.mutate(rule.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      The jobs of <span className="mono">{named}</span> are refused from now on, unless they show a project token.{" "}
      {rule.last_used_at ? (
        <>
          It was last used <Time at={rule.last_used_at} />.
        </>
      ) : (
        "It was never used."
      )}
    </Removal>
  );
}
