# Every push: lint and test side by side, then the archive that net and ui are built with.

variables {
  python = "python3 -B"
}

pipeline "build" {
  stages = [
    { name = "lint" },
    { name = "test" },
    { name = "package", depends_on = ["lint", "test"] },
  ]
}

stage "lint" {
  run "sources" {
    command = "${var.python} ci/lint.py"
  }
}

stage "test" {
  run "unit-tests" {
    command = "${var.python} ci/test.py tests"
  }
}

stage "package" {
  run "archive" {
    command   = "${var.python} ci/pack.py core core CHANGES.md"
    artifacts = ["core.tar.gz"]
  }
}
