pipeline "p" {
  source = "https://me:secret@git.example/r.git//x?ref=v1"
}
