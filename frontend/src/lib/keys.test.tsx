import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { renderAt } from "@/testing/render";
import { walkRows } from "./rows";
import { type Keys, setKeysOff, useKeys } from "./use-keys";
import { useSequence } from "./use-sequence";

beforeEach(() => setKeysOff(false));

function Listening({ keys, last = false }: { keys: Keys; last?: boolean }) {
  useKeys(keys, { last });
  return <input aria-label="field" />;
}

function Frame({ go, page }: { go(): void; page(): void }) {
  useSequence("g", { t: go, g: go });
  return <Listening keys={{ t: page }} />;
}

it("gives a key to the page before the frame, and to nobody while one types", async () => {
  const [page, frame] = [vi.fn(), vi.fn()];
  renderAt(
    "/",
    "/",
    <>
      <Listening keys={{ j: frame, y: frame }} last />
      <Listening keys={{ j: page }} />
    </>,
  );
  await userEvent.keyboard("jy");
  expect([page.mock.calls.length, frame.mock.calls.length]).toEqual([1, 1]);
  await userEvent.type(screen.getAllByLabelText("field")[0] as HTMLElement, "jy");
  expect([page.mock.calls.length, frame.mock.calls.length]).toEqual([1, 1]);
});

it("lets keys with a name work when single characters are switched off", async () => {
  const [letter, ended] = [vi.fn(), vi.fn()];
  setKeysOff(true);
  renderAt("/", "/", <Listening keys={{ j: letter, Escape: ended }} />);
  await userEvent.keyboard("j{Escape}");
  expect([letter.mock.calls.length, ended.mock.calls.length]).toEqual([0, 1]);
});

it("takes the second key of a sequence before the page does", async () => {
  const [page, go] = [vi.fn(), vi.fn()];
  renderAt("/", "/", <Frame go={go} page={page} />);
  await userEvent.keyboard("t");
  expect(page).toHaveBeenCalledOnce();
  await userEvent.keyboard("gtgg");
  expect(go).toHaveBeenCalledTimes(2);
  expect(page).toHaveBeenCalledOnce();
  await userEvent.keyboard("gxt");
  expect(page).toHaveBeenCalledTimes(2);
});

it("walks through the rows of a list, and among those that went wrong", () => {
  renderAt(
    "/",
    "/",
    <main>
      <table>
        <tbody>
          {["success", "failed", "success", "timed_out"].map((state, i) => (
            <tr key={state + String(i)}>
              <td data-state={state}>
                <a href={`#${i}`}>{i}</a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>,
  );
  const visited = (...steps: Parameters<typeof walkRows>[]) =>
    steps.map((step) => {
      walkRows(...step);
      return document.activeElement?.textContent;
    });
  expect(visited([1], [1], [-1], [-1])).toEqual(["0", "1", "0", "3"]);
  expect(visited([1, true], [1, true], [-1, true])).toEqual(["1", "3", "1"]);
});
