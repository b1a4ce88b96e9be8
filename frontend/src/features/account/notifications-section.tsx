/** One's own notifications: of one's projects, wherever one wants to be told. */
import { NotificationRules } from "@/components/notifications/rules";

export function NotificationsSection() {
  return (
    <NotificationRules of={{ own: true }}>
      A rule tells you, by mail or in a chat, when one of your projects breaks, and when it works again. What a whole
      team is to be told is set up in each project's settings.
    </NotificationRules>
  );
}
