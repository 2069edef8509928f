# Fit the trial files that differ from a commit, as they were and as they are, and print which conclusions moved.
# bash compare.sh COMMIT FOLDER
set -euo pipefail
base=$1 folder=$2
mapfile -t changed < <(git diff --name-only --diff-filter=M "$base" -- '*.toml')
trials=()
for file in "${changed[@]}"; do
  if grep -q '^\[outcomes\.' "$file"; then trials+=("$file"); fi
done
if [ ${#trials[@]} -eq 0 ]; then echo "No trial file was changed."; exit 0; fi
for file in "${trials[@]}"; do
  mkdir -p "$folder/base/$(dirname "$file")"
  git show "$base:$file" > "$folder/base/$file"
done
(cd "$folder/base" && bayes regenerate "${trials[@]}" --out "$folder/before" --quiet)
bayes regenerate "${trials[@]}" --out "$folder/after" --quiet
bayes diff "$folder/before" "$folder/after"
