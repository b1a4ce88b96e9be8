pipeline "p" {
  stages = [{ name = "x" }]
}
stage "x" {
  run "r" { command = "make ${var.flag}" }
}
