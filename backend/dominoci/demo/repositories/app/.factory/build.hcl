# Joined: runs once, when net and ui of the tree are both there, and puts them together.

variables {
  python = "python3 -B"
}

pipeline "build" {
  stages = [
    { name = "test" },
    { name = "upstream" },
    { name = "assemble", depends_on = ["test", "upstream"] },
    { name = "try", depends_on = ["assemble"] },
  ]
}

stage "test" {
  run "own-tests" {
    command = "${var.python} ci/test.py tests"
  }
}

stage "upstream" {
  run "unpack-parts" {
    command = "${var.python} ci/upstream.py net ui"
  }
}

stage "assemble" {
  run "zip" {
    command   = "${var.python} ci/assemble.py"
    artifacts = ["app.pyz"]
  }
}

stage "try" {
  run "for-real" {
    file    = "ci/try.sh"
    timeout = "1m"
  }
}
