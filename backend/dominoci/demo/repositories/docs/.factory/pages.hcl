# The manual of this tree's app.

variables {
  python = "python3 -B"
}

pipeline "pages" {
  stages = [
    { name = "render" },
    { name = "check", depends_on = ["render"] },
  ]
}

stage "render" {
  run "manual" {
    command   = "${var.python} ci/render.py"
    artifacts = ["docs.html"]
  }
}

stage "check" {
  run "links" {
    command = "${var.python} ci/check.py"
  }
}
