pipeline "p" {
  stages = [{ name = "x" }]
}
stage "x" {
  labels = ["big box"]
  run "r" { command = "make" }
}
