# The app of this tree as a container image, checked by reading it again.

variables {
  python = "python3 -B"
}

pipeline "image" {
  stages = [
    { name = "build" },
    { name = "check", depends_on = ["build"] },
  ]
}

stage "build" {
  run "layers" {
    command   = "${var.python} ci/build.py"
    artifacts = ["image.tar"]
  }
}

stage "check" {
  run "read-again" {
    command = "${var.python} ci/check.py"
  }
}
