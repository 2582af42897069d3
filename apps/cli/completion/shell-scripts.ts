/** The shells that completion speaks to. Each script asks `atelier __complete` with the words so far. */
export const shellScripts = {
  bash: `# bash completion for atelier: source it, or put it into /etc/bash_completion.d/
_atelier() {
  local IFS=$'\\n' words=("\${COMP_WORDS[@]:1:COMP_CWORD}") found
  found=$("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null) || return
  if [ "$found" = ":files" ]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  else
    COMPREPLY=($found)
  fi
}
complete -F _atelier atelier
`,
  zsh: `#compdef atelier
# zsh completion for atelier: put it as _atelier into a folder of $fpath
_atelier() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${found[1]}" == ":files" ]]; then
    _files
  elif [[ -n "\${found[1]}" ]]; then
    compadd -- "\${found[@]}"
  fi
}
if [[ "\${funcstack[1]}" == "_atelier" ]]; then _atelier "$@"; else compdef _atelier atelier; fi
`,
  fish: `# fish completion for atelier: put it as atelier.fish into ~/.config/fish/completions/
function __atelier_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (command $words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test "$found" = ":files"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c atelier -f -a '(__atelier_complete)'
`,
} as const;

export type Shell = keyof typeof shellScripts;
