pipeline "p" {
  stages = [{ name = "x" }]
}
stage "x" {
  cache {
    key = "npm"
  }
  run "r" { command = "make" }
}
