/** Trust rules as they are written and read on the page. */
import type { Issuer, TrustRule } from "@/lib/api/types";

interface Naming {
  /** What the id is called that a rule is about. */
  label: string;
  placeholder: string;
  where: string;
  /** Claims that one would usually ask for. */
  claims: readonly [name: string, example: string][];
}

const NAMING: Record<Issuer["kind"], Naming> = {
  github: {
    label: "Repository id",
    placeholder: "901234567",
    where:
      "The number called id at https://api.github.com/repos/OWNER/NAME; a name could be taken over by somebody else",
    claims: [
      ["ref", "refs/heads/main"],
      ["environment", "production"],
      ["repository_owner_id", "1234"],
    ],
  },
  gitlab: {
    label: "Project id",
    placeholder: "42",
    where: "On the project's page in GitLab, under its menu ⋮; a path could be taken over by somebody else",
    claims: [
      ["ref", "main"],
      ["ref_protected", "true"],
      ["environment", "production"],
    ],
  },
  other: {
    label: "Subject",
    placeholder: "the claim sub",
    where: "The claim sub of the jobs' tokens, letter by letter",
    claims: [["ref", "refs/heads/main"]],
  },
};

export const namingOf = (kind: Issuer["kind"] | undefined): Naming => NAMING[kind ?? "other"];

/** The claims of a form in which each has a row; rows without a name are left out. */
export function claimsOf(form: FormData): Record<string, string> {
  const names = form.getAll("claim.name").map((one) => String(one).trim());
  const wanted = form.getAll("claim.wanted").map((one) => String(one).trim());
  return Object.fromEntries(names.flatMap((name, i) => (name ? [[name, wanted[i] ?? ""]] : [])));
}

/** `ref is refs/heads/main, ref_protected is true`. */
export function claimsText({ claims }: Pick<TrustRule, "claims">): string {
  const texts = Object.entries(claims).map(([name, wanted]) => `${name} is ${wanted}`);
  return texts.join(", ") || "any of its jobs";
}
