/** What would fall if a project reported a success now. Nothing is started. */
import { Button } from "@mantine/core";
import { Copyable } from "@/components/copyable";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { isNotFound } from "@/lib/api/problem";
import { useCopy } from "@/lib/use-copy";
import { useTitle } from "@/lib/use-title";
import { usePreview } from "./api/get-preview";
import { dryRunCommand } from "./dry-run";
import { NothingStarts } from "./nothing-starts";
import { Outcome } from "./outcome";
import { Owners } from "./owners";
import { RefForm } from "./ref-form";
import { useWanted } from "./wanted";

export function PreviewPage() {
  const { wanted, setWanted } = useWanted();
  const { project = "" } = wanted;
  useTitle(project ? `Preview of ${project}` : "Preview");
  const preview = usePreview(wanted);
  const { copied, copy } = useCopy();
  const command = dryRunCommand(location.origin, wanted);
  return (
    <Page
      title="Preview"
      actions={
        preview.data && (
          <Button variant="default" onClick={() => copy(command)}>
            {copied ? "Copied" : "Copy as curl"}
          </Button>
        )
      }
    >
      <Crumbs items={[{ text: project ? `Preview of ${project}` : "Preview" }]} />
      <NothingStarts />
      <Section title="If this succeeded" padded>
        <RefForm
          // the fields follow the address, which Back may change
          key={JSON.stringify(wanted)}
          wanted={wanted}
          choose
          action="Preview"
          busy={preview.isFetching}
          error={preview.error}
          onWant={setWanted}
        />
      </Section>
      {isNotFound(preview.error) ? null : project ? (
        <Loaded query={preview}>
          {(data) => (
            <>
              <Outcome preview={data} root={project} />
              <Owners owners={data.owners} />
            </>
          )}
        </Loaded>
      ) : (
        <Empty title="Which project?">
          Name one: the preview shows what its success would set off, in which order, and what the filters drop.
        </Empty>
      )}
      {preview.data && (
        <Section title="The same for a pipeline" padded>
          <Copyable label="dry run command" text={command} />
        </Section>
      )}
    </Page>
  );
}
