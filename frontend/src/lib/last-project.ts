/** The project that was looked at last: where the graph of all of them opens. */
import { recall, remember } from "./remembered";

const KEY = "dominoci-last-project";

export const lastProject = (): string | null => recall(KEY);
export const noteProject = (name: string): void => remember(KEY, name);
