/** The versions of a job's definition; each keeps its text, and can be taken up again. */
import { Button } from "@mantine/core";
import { Link, useSearchParams } from "react-router";
import { DataTable, right } from "@/components/data-table";
import { Dialog } from "@/components/dialog";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import table from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { Job, JobVersion } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useVersion, useVersions } from "./api/jobs";
import type { Draft } from "./definition-editor";
import { DefinitionField } from "./definition-field";
import classes from "./jobs.module.css";
import { FORMAT_NAME } from "./templates";

export function DefinitionVersions({ job, onTake }: { job: Job; onTake?(draft: Draft): void }) {
  const versions = useVersions(job.id);
  const [query, setQuery] = useSearchParams();
  const shown = Number(query.get("version") ?? Number.NaN);
  const close = () => setQuery({ tab: "definition" }, { replace: true });
  return (
    <Section title="Versions">
      <Loaded query={versions} rows={2}>
        {(data) =>
          itemsOf(data).length ? (
            <>
              <DataTable label="Versions" columns={["Version", "Format", "By", right("Saved")]}>
                {itemsOf(data).map((version) => (
                  <VersionRow key={version.number} job={job} version={version} />
                ))}
              </DataTable>
              <More query={versions} />
            </>
          ) : (
            <Empty title="None is kept here">
              Each save of a definition makes one; builds keep the one that they ran.
            </Empty>
          )
        }
      </Loaded>
      {Number.isInteger(shown) && <VersionDialog job={job} number={shown} onTake={onTake} onClose={close} />}
    </Section>
  );
}

function VersionRow({
  job,
  version: { number, format, present, created_by, created_at },
}: {
  job: Job;
  version: JobVersion;
}) {
  return (
    <tr>
      <td className={table.nowrap}>
        <Link to={paths.jobVersion(job.path, number)}>
          <strong>{number}</strong>
        </Link>
        {present && <span className={classes.tag}>runs now</span>}
      </td>
      <td>{FORMAT_NAME[format]}</td>
      <td>{created_by}</td>
      <td className={table.right}>
        <Time at={created_at} />
      </td>
    </tr>
  );
}

interface DialogProps {
  job: Job;
  number: number;
  onTake?(draft: Draft): void;
  onClose(): void;
}

function VersionDialog({ job, number, onTake, onClose }: DialogProps) {
  const version = useVersion(job.id, number);
  return (
    <Dialog opened onClose={onClose} title={`Version ${number} of ${job.name}`} size="lg">
      <Loaded query={version} rows={6}>
        {({ format, text, present }) => (
          <div className={form.stack}>
            <DefinitionField format={format} text={text} readOnly />
            {onTake && !present && (
              <div className={classes.bar}>
                <Button
                  onClick={() => {
                    onTake({ base: job.definition?.number ?? 0, format, text });
                    onClose();
                  }}
                >
                  Edit the present one from this
                </Button>
                <span className="muted">Nothing is saved by that yet.</span>
              </div>
            )}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
