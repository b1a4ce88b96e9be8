pipeline "p" {
  stages = [{ name = "x" }]
}
stage "x" {
  run "r" {
    command = "a"
    command = "b"
  }
}
