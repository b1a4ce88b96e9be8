pipeline "p" {
  stages = [{ name = "x" }]
}
stage "x" {
  cache {
    key   = "../npm"
    paths = ["node_modules"]
  }
  run "r" { command = "make" }
}
