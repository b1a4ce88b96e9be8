pipeline "p" {
  source = "https://git.example/r.git//x?ref=v1"
  variables { image = "${var.nope}" }
}
