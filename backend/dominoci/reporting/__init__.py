"""What others are told of trees: commit statuses, CDEvents, webhooks."""
