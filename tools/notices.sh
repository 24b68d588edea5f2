#!/usr/bin/env bash
# Prints the licences of everything that is compiled into syncer, module by
# module: THIRD_PARTY_NOTICES.md is what this prints. The licence of a module
# holds for its folders; a folder with one of its own has that beside it. A
# module without any is an error, for nobody would be allowed to ship it.
set -euo pipefail
export LC_ALL=C CGO_ENABLED=0 GOOS=linux GOARCH=amd64 # one program, whoever asks

# licences FOLDER: the files of a folder that state terms.
licences() {
  find "$1" -maxdepth 1 -type f | sort | grep -iE '/(licen[cs]e|copying|notice|patents)(\.txt|\.md)?$' || true
}

# show TITLE FILE...: the texts of a module, without blanks at the ends of lines.
show() {
  printf '\n## %s\n' "$1"
  for file in "${@:2}"; do
    printf '\n```text\n'
    sed -e 's/[[:space:]]*$//' "$file"
    printf '```\n'
  done
}

cat <<'HEAD'
# Third-party notices

The program syncer contains the Go standard library and the modules below, under
the terms that follow each. `make notices` writes this file.
HEAD
show "Go" "$(go env GOROOT)/LICENSE"

declare -A folders
while read -r module version root folder; do
  folders["$module $version"]+="$root"$'\n'
  while [ "$folder" != "$root" ]; do
    folders["$module $version"]+="$folder"$'\n'
    folder=$(dirname "$folder")
  done
done < <(go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}} {{$.Dir}}{{end}}{{end}}' ./cmd/syncer)

while IFS= read -r module; do
  files=()
  while IFS= read -r folder; do
    mapfile -t -O "${#files[@]}" files < <(licences "$folder")
  done < <(sort -u <<<"${folders[$module]%$'\n'}")
  [ ${#files[@]} -gt 0 ] || { echo "notices: $module states no licence" >&2; exit 1; }
  show "$module" "${files[@]}"
done < <(printf '%s\n' "${!folders[@]}" | sort)
