# The long test of core, with the core of this tree.

variables {
  python = "python3 -B"
}

pipeline "soak" {
  stages = [
    { name = "upstream" },
    { name = "soak", depends_on = ["upstream"] },
  ]
}

stage "upstream" {
  run "unpack-core" {
    command = "${var.python} ci/upstream.py core"
  }
}

stage "soak" {
  run "random-texts" {
    command = "${var.python} ci/test.py soak --needs core"
    timeout = "10m"
  }
}
