/** Administration: each part has an address of its own. To others than admins it does not exist. */
import type { ReactNode } from "react";
import { Navigate, useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { NotFound } from "@/components/not-found";
import { Page } from "@/components/page";
import { SideNav } from "@/components/side-nav";
import { useMe } from "@/lib/api/calls/get-me";
import { type AdminSection, paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { AuditSection } from "./audit-section";
import { DeliveriesSection } from "./deliveries-section";
import { IssuersSection } from "./issuers-section";
import { SettingsSection } from "./settings-section";
import { SystemSection } from "./system-section";
import { UsersSection } from "./users-section";

const SECTIONS: readonly [section: AdminSection, name: string, content: () => ReactNode][] = [
  ["users", "Users", () => <UsersSection />],
  ["issuers", "Issuers", () => <IssuersSection />],
  ["deliveries", "Deliveries", () => <DeliveriesSection />],
  ["system", "System", () => <SystemSection />],
  ["audit", "Audit log", () => <AuditSection />],
  ["settings", "Settings", () => <SettingsSection />],
];
const ITEMS = SECTIONS.map(([section, text]) => ({ to: paths.admin(section), text }));

export function AdminPage() {
  const { section } = useParams();
  const { data: me } = useMe();
  if (!me?.user.is_admin) return <NotFound />;
  if (!section) return <Navigate to={paths.admin("users")} replace />;
  const known = SECTIONS.find(([one]) => one === section);
  return known ? <Admin name={known[1]}>{known[2]()}</Admin> : <NotFound />;
}

function Admin({ name, children }: { name: string; children: ReactNode }) {
  useTitle(`${name}, administration`);
  return (
    <Page title="Administration">
      <Crumbs items={[{ text: "Administration", to: paths.admin() }, { text: name }]} />
      <SideNav label="Administration" items={ITEMS}>
        {children}
      </SideNav>
    </Page>
  );
}
