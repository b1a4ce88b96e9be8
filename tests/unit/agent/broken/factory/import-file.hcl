pipeline "p" {
  source = "file:///etc//x?ref=v1"
}
