# shellcheck shell=bash
# Finds data sets, checks them against SHA256SUMS and unpacks them. Sourced, after apps/common.sh.
# A data set is a folder (usps, fashion-mnist) of files, each plain or packed as .gz.
# SUMS is always a file such as datasets/SHA256SUMS: "sum  dataset/file", for the packed and for the plain form.

dataset_names=(usps fashion-mnist)

# files_of DATASET: the names of its files.
files_of() {
  case $1 in
    usps) echo zip.train zip.test ;;
    fashion-mnist)
      echo train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte ;;
  esac
}

# has_sum SUMS DATASET/FILE PATH: is PATH, byte for byte, the published file of that name?
has_sum() {
  local sum name published=''
  while read -r sum name; do [[ $name != "$2" ]] || published=$sum; done <"$1"
  [[ -f $3 && -n $published ]] || return 1
  sum=$(sha256sum <"$3") && [[ ${sum%% *} == "$published" ]]
}

# find_dataset FOLDER DATASET: prints FOLDER/DATASET or FOLDER, whichever holds every file; fails if neither does.
find_dataset() {
  local folder file
  local -a files
  read -ra files <<<"$(files_of "$2")"
  for folder in "$1/$2" "$1"; do
    for file in "${files[@]}"; do [[ -f $folder/$file || -f $folder/$file.gz ]] || continue 2; done
    printf '%s\n' "$folder"
    return 0
  done
  return 1
}

# has_dataset FOLDER DATASET SUMS: is the data set there, unpacked and right?
has_dataset() {
  local file
  for file in $(files_of "$2"); do has_sum "$3" "$2/$file" "$1/$2/$file" || return 1; done
}

# install_file SOURCE DATASET/FILE TO SUMS: SOURCE (.gz or plain) becomes TO/DATASET/FILE, whole and checked,
# or not at all.
install_file() (
  has_sum "$4" "$2" "$3/$2" && exit 0
  published=$2
  [[ $1 != *.gz ]] || published=$2.gz
  has_sum "$4" "$published" "$1" || die "$1: wrong SHA-256, this is not the published file"
  mkdir -p -- "$(dirname -- "$3/$2")" || die "cannot create $(dirname -- "$3/$2")"
  partial=$(mktemp -- "$3/$2.XXXXXX") || die "cannot write in $(dirname -- "$3/$2")"
  trap 'rm -f -- "$partial"' EXIT
  if [[ $1 == *.gz ]]; then gzip -dc <"$1" >"$partial"; else cat <"$1" >"$partial"; fi ||
    die "$1: cannot be unpacked into $3"
  has_sum "$4" "$2" "$partial" || die "$1: unpacked, its SHA-256 is wrong"
  { chmod 644 -- "$partial" && mv -f -- "$partial" "$3/$2"; } || die "cannot write $3/$2"
)

# install_dataset SOURCE DATASET TO SUMS: from the folder SOURCE into TO/DATASET.
install_dataset() {
  local file
  for file in $(files_of "$2"); do
    if [[ -f $1/$file ]]; then
      install_file "$1/$file" "$2/$file" "$3" "$4" || return 1
    else
      install_file "$1/$file.gz" "$2/$file" "$3" "$4" || return 1
    fi
  done
}

# prepare_data FOLDER TO SUMS: unpacks what FOLDER ('' for none) holds into TO; succeeds if TO then holds USPS.
# A FOLDER that is no folder, or holds files that are not the published ones, ends the program.
prepare_data() {
  local dataset source
  if [[ -n $1 ]]; then
    [[ -d $1 ]] || die "no such data folder: $1"
    for dataset in "${dataset_names[@]}"; do
      if source=$(find_dataset "$1" "$dataset"); then
        install_dataset "$source" "$dataset" "$2" "$3" || exit 1
      elif [[ $dataset == usps ]]; then
        say "no USPS data in $1 (zip.train and zip.test, or their .gz)"
      fi
    done
  fi
  has_dataset "$2" usps "$3"
}
