/** What somebody does in a CI system so that DominoCI can trigger it and hears of it. */

interface Snippet {
  /** What the copy button is called by. */
  label: string;
  /** The file that it goes into, or when it is run. */
  into: string;
  text: string;
}

export interface Needed {
  name: string;
  /** What it is set to: an address, or what kind of secret. */
  value: string;
  /** Where over there. */
  where: string;
}

export interface Instructions {
  /** The page of the help that goes through it step by step. */
  help: string;
  title: string;
  snippets: Snippet[];
  needed: Needed[];
  /** What is easily overlooked. */
  notes: string[];
}

/** Where the reporter is, until somebody names a copy of their own. */
export const LIBRARY = "OWNER/dominoci";
/** How the secret is described that every reporter needs. */
export const TOKEN = "a token of this project (dcp_…)";
