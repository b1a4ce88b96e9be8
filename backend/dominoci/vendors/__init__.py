"""REST clients of Jenkins, GitLab and GitHub: what is sent, and how answers are read; what it means for a tree, adapters say."""
