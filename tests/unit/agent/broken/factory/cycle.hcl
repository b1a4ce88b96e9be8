pipeline "p" {
  stages = [
    { name = "a", depends_on = ["b"] },
    { name = "b", depends_on = ["a"] },
  ]
}
stage "a" {
  run "r" { command = "true" }
}
stage "b" {
  run "r" { command = "true" }
}
