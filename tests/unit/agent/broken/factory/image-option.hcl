pipeline "p" {
  stages = [{ name = "x" }]
}
stage "x" {
  image = "--privileged"
  run "r" { command = "make" }
}
