/** One route: who may call it, what it takes, what it answers, and the command that calls it. */
import { Link } from "react-router";
import { CodeBlock } from "./blocks";
import help from "./help.module.css";
import classes from "./reference.module.css";
import { callersOf, curlOf, type Field, type Operation } from "./reference-model";

export function OperationView({ operation }: { operation: Operation }) {
  const { id, method, path, summary, description, body, answers, refusals } = operation;
  return (
    <section className={classes.operation} aria-labelledby={id}>
      <h2 id={id} className={help.heading}>
        <b data-method={method}>{method}</b> <code>{path}</code>
        <Link to={`#${id}`} className={help.anchor} aria-label={`Link to ${method} ${path}`}>
          #
        </Link>
      </h2>
      <p>
        {withCode(summary)}. {withCode(description)}
      </p>
      <p className="muted">May be called by {callersOf(operation)}.</p>
      <Fields title="In the address" fields={operation.inPath} />
      <Fields title="In the query" fields={operation.inQuery} />
      <Fields title="In the headers" fields={operation.inHeader} />
      {body && <Fields title="In the body" fields={body.fields} />}
      <h3>As a command</h3>
      <CodeBlock text={curlOf(operation, location.origin)} language="sh" label={`the command for ${method} ${path}`} />
      {answers.map(({ status, description: means, example }) => (
        <div key={status} className={classes.answer}>
          <h3>
            Answer {status} <span className="muted">{means}</span>
          </h3>
          {example && <CodeBlock text={example} language="json" label={`the example of ${status}`} />}
        </div>
      ))}
      {refusals.length > 0 && <p className="muted">May be refused with {refusals.join(", ")}.</p>}
    </section>
  );
}

function Fields({ title, fields }: { title: string; fields: Field[] }) {
  if (!fields.length) return null;
  return (
    <>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <div className={help.table} tabIndex={0}>
        <table>
          <tbody>
            {fields.map((field) => (
              <tr key={field.name}>
                <th scope="row">
                  <code>{field.name}</code>
                  {field.required && <small>required</small>}
                </th>
                <td>
                  <span className="muted">{field.type}</span>
                  {field.description && <span className={classes.words}>{withCode(field.description)}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What stands between backquotes is code. */
function withCode(text: string) {
  return text.split("`").map((part, at) => (at % 2 ? <code key={at.toString()}>{part}</code> : part));
}
