/** The roles that a person can have, on a project or in a group, in words. */
import type { Role } from "@/lib/api/types";

/** From the least to the most; `means` says what it adds. */
export const ROLES: readonly [role: Role, means: string][] = [
  ["viewer", "sees it"],
  ["maintainer", "runs and configures it"],
  ["owner", "decides who may, and deletes it"],
];

export const ROLE_OPTIONS: [value: Role, text: string][] = ROLES.map(([role]) => [role, role]);

export const includes = (role: Role | null | undefined, need: Role): boolean => rank(role) >= rank(need);

const rank = (role: Role | null | undefined) => ROLES.findIndex(([known]) => known === role);
