with told as (
    {{ latest_raw('drop_folder', 'ticket_statuses', ['word'], kind='file') }}
),

known as (
    select * from {{ ref('ticket_statuses') }}
),

-- written twice in other letters: the file changed last wins, as everywhere in the folder
told_words as (
    select
        lower(word) as word,
        max_by(lower(status), _version) as status
    from told
    where not is_deleted
    group by lower(word)
),

status_words as (
    select
        coalesce(told_words.word, known.word) as word,
        coalesce(told_words.status, known.status) as status
    from told_words
    full outer join known on told_words.word = known.word
)

select * from status_words
