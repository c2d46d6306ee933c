//! The `Default` of blocks, which rust-hdl wants of every signal by name.

/// A block whose fields are given or, by name, default; arrays of them too. `..Default::default()` needs a `Default` of the block itself.
macro_rules! with_defaults {
    ($block:ident { $($field:ident: $value:expr,)* } defaults $($default:ident)* $(; arrays $($array:ident)*)?) => {
        $block {
            $($field: $value,)*
            $($default: Default::default(),)*
            $($($array: std::array::from_fn(|_| Default::default()),)*)?
        }
    };
}
