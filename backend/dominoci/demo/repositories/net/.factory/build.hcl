# The core of this tree, tests alone and against it, then an archive that holds both.

variables {
  python = "python3 -B"
}

pipeline "build" {
  stages = [
    { name = "alone" },
    { name = "upstream" },
    { name = "with-core", depends_on = ["upstream"] },
    { name = "package", depends_on = ["alone", "with-core"] },
  ]
}

stage "alone" {
  run "own-tests" {
    command = "${var.python} ci/test.py tests/alone"
  }
}

stage "upstream" {
  run "unpack-core" {
    command = "${var.python} ci/upstream.py core"
  }
}

stage "with-core" {
  run "tests-against-core" {
    command = "${var.python} ci/test.py tests/with_core --needs core"
  }
}

stage "package" {
  run "archive" {
    command   = "${var.python} ci/pack.py net net --with core"
    artifacts = ["net.tar.gz"]
  }
}
