pipeline "p" {
  source = "ext::sh -c id//x?ref=v1"
}
