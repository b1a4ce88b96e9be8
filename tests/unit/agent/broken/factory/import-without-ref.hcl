pipeline "p" {
  source = "https://git.example/r.git//pipelines/docker"
}
