pipeline "p" {
  source = "ssh://-oProxyCommand=id/r.git//x?ref=v1"
}
