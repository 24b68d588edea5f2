# bash completion for syncer. The program itself knows what may follow.
_syncer() {
    local cur=${COMP_WORDS[COMP_CWORD]} word rest
    COMPREPLY=()
    while IFS=$'\t' read -r word rest; do
        if [ "$word" = :files ]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
        else
            COMPREPLY+=("$word")
        fi
    done < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _syncer syncer
