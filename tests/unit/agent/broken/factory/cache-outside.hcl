pipeline "p" {
  stages = [{ name = "x" }]
}
stage "x" {
  run "r" {
    command = "make"
    cache {
      key   = "npm"
      paths = ["../../etc"]
    }
  }
}
