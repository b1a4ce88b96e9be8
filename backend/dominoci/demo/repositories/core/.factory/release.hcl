# Branches release/* only: on all others this pipeline is shown as skipped, with the filter that said so.

pipeline "release" {
  filter {
    include {
      branches = ["release/*"]
    }
  }
  stages = [
    { name = "notes" },
  ]
}

stage "notes" {
  run "cut" {
    file      = "ci/notes.sh"
    artifacts = ["release-notes.txt"]
  }
}
