pipeline "p" {
  source = "https://git.example/r.git?ref=v1"
}
