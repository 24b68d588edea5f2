# fish completion for syncer. The program itself knows what may follow.
function __syncer_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    test -z "$current"; and set current ""
    for line in (command $words[1] complete -- $words[2..-1] $current 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path $current
        else
            echo $line
        end
    end
end
complete -c syncer -f -a '(__syncer_complete)'
