/** Every route of the API: all of them in one list, or those of one topic with their fields, examples and a command. */
import { TextInput } from "@mantine/core";
import { Link, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { DOCUMENT, useApiDocument } from "./get-api-document";
import classes from "./help.module.css";
import { useAnchor } from "./help-page";
import { OperationView } from "./operation-view";
import reference from "./reference.module.css";
import { findOperations, type Topic } from "./reference-model";

export function ReferencePage() {
  const [params] = useSearchParams();
  const topic = params.get("topic");
  const query = useApiDocument();
  useTitle(topic ? `API: ${topic}` : "API reference");
  const help = { text: "Help", to: paths.help() };
  const root = { text: "API reference", to: topic ? paths.apiReference() : undefined };
  return (
    <div className={classes.main}>
      <Crumbs items={[help, root, ...(topic ? [{ text: topic }] : [])]} />
      <h1 className={reference.title}>API reference</h1>
      <p className={reference.intro}>
        Every route, as this server describes itself. <Link to={paths.help("api")}>The API</Link> tells how to sign in,
        read errors and lists. For programs: <a href={DOCUMENT}>{DOCUMENT}</a>.
      </p>
      <Loaded query={query} rows={12}>
        {({ topics }) => <Routes topics={topics} chosen={topic} />}
      </Loaded>
    </div>
  );
}

function Routes({ topics, chosen }: { topics: Topic[]; chosen: string | null }) {
  useAnchor();
  const topic = topics.find(({ name }) => name === chosen);
  return (
    <>
      <nav className={reference.topics} aria-label="Topics of the API">
        <TopicLink name={null} current={!topic} text="all" />
        {topics.map(({ name }) => (
          <TopicLink key={name} name={name} current={name === chosen} text={name} />
        ))}
      </nav>
      {topic ? <OneTopic topic={topic} /> : <AllTopics topics={topics} />}
    </>
  );
}

function TopicLink({ name, current, text }: { name: string | null; current: boolean; text: string }) {
  return (
    <Link to={paths.apiReference(name)} aria-current={current ? "page" : undefined}>
      {text}
    </Link>
  );
}

function OneTopic({ topic }: { topic: Topic }) {
  return (
    <>
      <p className={reference.intro}>{topic.description.replaceAll("`", "")}</p>
      {topic.operations.map((operation) => (
        <OperationView key={operation.id} operation={operation} />
      ))}
    </>
  );
}

function AllTopics({ topics }: { topics: Topic[] }) {
  const [params, setParams] = useSearchParams();
  const query = params.get("q") ?? "";
  const found = findOperations(topics, query);
  const filter = (text: string) => setParams(text ? { q: text } : {}, { replace: true, preventScrollReset: true });
  return (
    <>
      <TextInput
        type="search"
        aria-label="Filter routes"
        placeholder="Filter routes: rerun, POST projects …"
        value={query}
        onChange={(event) => filter(event.currentTarget.value)}
      />
      {found.length === 0 && (
        <Empty title="No route has these words">Filter by a part of its address or its summary.</Empty>
      )}
      {found.map((topic) => (
        <section key={topic.name} className={reference.list}>
          <h2>
            <Link to={paths.apiReference(topic.name)}>{topic.name}</Link>
          </h2>
          <ul>
            {topic.operations.map(({ id, method, path, summary }) => (
              <li key={id}>
                <Link to={paths.apiReference(topic.name, id)}>
                  <b data-method={method}>{method}</b> <code>{path}</code> <span>{summary.replaceAll("`", "")}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
