/** One's own account: each part has an address of its own. */
import type { ReactNode } from "react";
import { Navigate, useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { NotFound } from "@/components/not-found";
import { Page } from "@/components/page";
import { SideNav } from "@/components/side-nav";
import { type AccountSection, paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { AppearanceSection } from "./appearance-section";
import { ChatSection } from "./chat-section";
import { NotificationsSection } from "./notifications-section";
import { ProfileSection } from "./profile-section";
import { SessionsSection } from "./sessions-section";
import { TokensSection } from "./tokens-section";

const SECTIONS: readonly [section: AccountSection, name: string, content: () => ReactNode][] = [
  ["profile", "Profile", () => <ProfileSection />],
  ["tokens", "Tokens", () => <TokensSection />],
  ["sessions", "Sessions", () => <SessionsSection />],
  ["notifications", "Notifications", () => <NotificationsSection />],
  ["chat", "Chat", () => <ChatSection />],
  ["appearance", "Appearance", () => <AppearanceSection />],
];
const ITEMS = SECTIONS.map(([section, text]) => ({ to: paths.me(section), text }));

export function AccountPage() {
  const { section } = useParams();
  if (!section) return <Navigate to={paths.me()} replace />;
  const known = SECTIONS.find(([one]) => one === section);
  return known ? <Account name={known[1]}>{known[2]()}</Account> : <NotFound />;
}

function Account({ name, children }: { name: string; children: ReactNode }) {
  useTitle(`${name}, your account`);
  return (
    <Page title="Your account">
      <Crumbs items={[{ text: "Your account", to: paths.me() }, { text: name }]} />
      <SideNav label="Your account" items={ITEMS}>
        {children}
      </SideNav>
    </Page>
  );
}
