"""The bot: answers in chats, with the permissions of whoever asks."""
