pipeline "p" {
  stages = [{ name = "x" }]
