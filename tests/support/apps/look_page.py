"""A page with one of each kind of thing whose looks the settings decide."""

import pandas as pd
import streamlit as st

st.title("Heading")
st.write("Plain text, **strong text**, Łódź and Žižkov.")
st.markdown(":red[red] :orange[orange] :green[green] :blue[blue] :violet[violet] :gray[gray]")
st.button("Start", type="primary", key="start")
st.button("Later", key="later")
st.text_input("Name", key="name")
st.vega_lite_chart(
    pd.DataFrame({"day": [1, 2], "pain": [4, 3]}),
    {
        "mark": "line",
        "encoding": {
            "x": {"field": "day", "type": "quantitative"},
            "y": {"field": "pain", "type": "quantitative"},
        },
    },
    alt="Pain over two days",
)
