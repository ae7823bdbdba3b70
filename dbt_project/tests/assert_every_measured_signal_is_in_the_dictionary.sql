select distinct signals.signal
from {{ ref('int_success__signals_measured') }} as signals
left join {{ ref('class_signals') }} as dictionary
    on dictionary.signal = signals.signal
where dictionary.signal is null
