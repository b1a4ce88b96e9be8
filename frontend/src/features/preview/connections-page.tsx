/** Whether the CI systems of a project, and of all that it would trigger, can be used; and what would fall. */
import { Button } from "@mantine/core";
import { Link, useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Loaded } from "@/components/loaded";
import { NotFound } from "@/components/not-found";
import { Page, Section } from "@/components/page";
import { isNotFound } from "@/lib/api/problem";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useConnectionTest } from "./api/test-connections";
import { ConnectionList } from "./connection-list";
import { NothingStarts } from "./nothing-starts";
import { Outcome } from "./outcome";
import { RefForm } from "./ref-form";
import { useWanted } from "./wanted";

export function ConnectionsPage() {
  const { project = "" } = useParams();
  const { wanted, setWanted } = useWanted();
  useTitle(`Test connections of ${project}`);
  const test = useConnectionTest({ ...wanted, project });
  if (isNotFound(test.error)) return <NotFound />;
  return (
    <Page
      title="Test connections"
      actions={
        <>
          <Button component={Link} to={paths.projectSettings(project)} variant="default">
            Settings of {project}
          </Button>
          <Button loading={test.isFetching} onClick={() => void test.refetch()}>
            Test again
          </Button>
        </>
      }
    >
      <Crumbs
        items={[
          { text: "Projects", to: paths.projects() },
          { text: project, to: paths.project(project) },
          { text: "Test connections" },
        ]}
      />
      <NothingStarts />
      <Loaded query={test} rows={6}>
        {(data) => (
          <>
            <ConnectionList test={data} />
            <Outcome preview={data} root={project} />
          </>
        )}
      </Loaded>
      <Section title="With another ref" padded>
        <RefForm
          key={JSON.stringify(wanted)}
          wanted={wanted}
          choose={false}
          action="Test with this ref"
          busy={test.isFetching}
          error={test.error}
          onWant={setWanted}
        />
      </Section>
    </Page>
  );
}
